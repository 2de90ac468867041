import { describe, expect, it } from 'vitest'

import { nearestSegment, nearestVertex, toleranceOf } from '../src/map/hit_test'
import { arc } from './drawing'

/** On these drawings one unit is one pixel. */
const straight = arc(1, [1, 2], [1, 2], [[0, 0], [100, 0], [200, 0]])
const toPixel = (point: readonly [number, number]): [number, number] => [point[0], point[1]]

describe('tolerance', () => {
  it('tolerance_when_finger_then_24_px_and_mouse_10', () => {
    expect([toleranceOf('touch'), toleranceOf('pen'), toleranceOf('mouse')]).toEqual([24, 24, 10])
  })
})

describe('nearest_vertex', () => {
  it('vertex_when_two_are_near_then_the_nearer', () => {
    expect(nearestVertex([straight], toPixel, [55, 0], 60)).toMatchObject({ arc: 1, index: 1 })
  })

  it('vertex_when_beyond_tolerance_then_none_and_nothing_is_inserted', () => {
    expect(nearestVertex([straight], toPixel, [50, 0], 24)).toBeNull()
  })
})

it('segment_when_pressed_beside_the_line_then_its_first_vertex_names_it', () => {
  expect(nearestSegment([straight], toPixel, [150, 8], 10)).toMatchObject({ arc: 1, index: 1, distance: 8 })
  expect(nearestSegment([straight], toPixel, [150, 11], 10)).toBeNull()
})
