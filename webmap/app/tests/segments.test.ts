import { describe, expect, it } from 'vitest'

import { snapToGrid } from '../src/geometry/point'
import { meet, turn } from '../src/geometry/segments'

describe('turn', () => {
  it('turn_when_off_by_one_grid_step_over_a_degree_then_exact', () => {
    // The products differ by less than a double can tell: only exact integers see the turn.
    const [a, b] = [[0, 0], [180_000_000_001, 90_000_000_000]] as const
    expect(turn(a, b, [360_000_000_002, 180_000_000_000])).toBe(0)
    expect(turn(a, b, [360_000_000_001, 180_000_000_000])).toBe(1)
    expect(turn(a, b, [360_000_000_003, 180_000_000_000])).toBe(-1)
  })
})

describe('meet', () => {
  it.each([
    ['cross', [0, 0], [4, 4], [0, 4], [4, 0], 'cross'],
    ['end on the other', [0, 0], [4, 0], [2, 0], [2, 3], 'touch'],
    ['common end', [0, 0], [4, 0], [4, 0], [8, 3], 'touch'],
    ['one behind the other', [0, 0], [4, 0], [4, 0], [8, 0], 'touch'],
    ['shared stretch', [0, 0], [4, 0], [2, 0], [8, 0], 'overlap'],
    ['same line backwards', [0, 0], [4, 0], [4, 0], [0, 0], 'overlap'],
  ] as const)('meet_when_%s_then_%s', (_what, a, b, c, d, kind) => {
    expect(meet(a, b, c, d)?.kind).toBe(kind)
  })

  it('meet_when_apart_then_null', () => {
    expect(meet([0, 0], [4, 0], [0, 1], [4, 1])).toBeNull()
    expect(meet([0, 0], [4, 0], [5, 0], [8, 0])).toBeNull()
  })
})

it('snap_when_half_a_step_then_to_the_even_integer_as_numpy', () => {
  expect(snapToGrid(0.5e-9, 1.5e-9)).toEqual([0, 2])
  expect(snapToGrid(103.8123456789, 30.4)).toEqual([103_812_345_679, 30_400_000_000])
})
