/** The language a person chose, in a cookie of a year: nothing else is remembered here. */
const NAME = 'quming_language'

export function readLanguage(): 'zh-CN' | 'en' {
  return document.cookie.split('; ').includes(`${NAME}=en`) ? 'en' : 'zh-CN'
}

export function writeLanguage(language: string): void {
  document.cookie = `${NAME}=${language}; Path=/; Max-Age=31536000; SameSite=Lax`
}
