import { expect, it } from 'vitest'

import { en } from '../src/i18n/en'
import { zh } from '../src/i18n/zh'

type Tree = { readonly [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) => {
    return typeof value === 'string' ? [[path + key, value] as [string, string]] : leaves(value, `${path}${key}.`)
  })
}

const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort()

it('messages_when_in_two_languages_then_same_keys_and_placeholders', () => {
  const english = new Map(leaves(en as unknown as Tree))
  const chinese = leaves(zh as unknown as Tree)
  expect(chinese.map(([key]) => key)).toEqual([...english.keys()])
  for (const [key, text] of chinese) expect([key, placeholders(english.get(key)!)]).toEqual([key, placeholders(text)])
})
