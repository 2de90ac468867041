import { readdirSync, readFileSync } from 'node:fs'

import { expect, it } from 'vitest'

const root = new URL('../src/', import.meta.url)

it('testids_when_used_in_a_component_then_listed_in_testids_md', () => {
  const listed = readFileSync(new URL('../TESTIDS.md', import.meta.url), 'utf-8')
  const components = readdirSync(root, { recursive: true, encoding: 'utf-8' }).filter((name) => name.endsWith('.vue'))
  const used = components.flatMap((name) => {
    return [...readFileSync(new URL(name, root), 'utf-8').matchAll(/[\s-]testid="([a-z0-9-]+)"/g)].map((found) => found[1])
  }).filter((id) => id !== 'testid')
  expect(used.length).toBeGreaterThan(80)
  expect([...new Set(used)].filter((id) => !listed.includes(`\`${id}\``))).toEqual([])
})
