/** Short notices at the bottom of the screen. */
import { reactive } from 'vue'

import { ApiProblem } from '../api/client'
import { i18n } from '../i18n'

export interface Notice {
  readonly id: number
  readonly tone: 'good' | 'bad' | 'info'
  readonly text: string
}

export const notices = reactive<Notice[]>([])
let next = 1

export function notify(tone: Notice['tone'], text: string): void {
  const notice = { id: next++, tone, text }
  notices.push(notice)
  window.setTimeout(() => dismiss(notice.id), tone === 'bad' ? 9000 : 4500)
}

export function dismiss(id: number): void {
  const index = notices.findIndex((notice) => notice.id === id)
  if (index >= 0) notices.splice(index, 1)
}

/** The sentence of an error for a person. Errors that are not answers of the server are bugs: name them as such. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiProblem) {
    const fields = error.errors.map((item) => (item.field ? `${item.field}：${item.message}` : item.message)).join('；')
    return [error.sentence(i18n.global.locale.value), fields].filter(Boolean).join(' ')
  }
  console.error(error)
  return i18n.global.t('common.unexpected')
}

export function notifyProblem(error: unknown): void {
  notify('bad', sentenceOf(error))
}
