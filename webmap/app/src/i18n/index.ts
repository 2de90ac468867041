/** Text by key: Chinese first, English second. */
import { createI18n } from 'vue-i18n'

import { readLanguage, writeLanguage } from '../storage/preferences'
import { en } from './en'
import { zh } from './zh'

export type Language = 'zh-CN' | 'en'

export const i18n = createI18n({
  legacy: false,
  locale: readLanguage() as Language,
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

export function setLanguage(language: Language): void {
  i18n.global.locale.value = language
  document.documentElement.lang = language
  writeLanguage(language)
}
