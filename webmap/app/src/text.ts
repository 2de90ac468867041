/** How numbers, areas and times are written. */
import { toMu } from './geometry/area'
import { i18n } from './i18n'

const locale = () => i18n.global.locale.value

/** Minus with a true minus sign, plus written out. */
function signed(value: number, digits: number): string {
  const text = new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(Math.abs(value))
  if (/^[0.,]*$/.test(text)) return text
  return `${value < 0 ? '\u2212' : '+'}${text}`
}

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value)
}

export const squareMetres = (areaM2: number, digits = 1) => `${number(areaM2, digits)} m²`
export const mu = (areaM2: number, digits = 2) => `${number(toMu(areaM2), digits)} ${i18n.global.t('common.mu')}`
export const squareKilometres = (areaM2: number) => number(areaM2 / 1e6, areaM2 < 1e8 ? 3 : 2)
export const signedMetres = (areaM2: number) => `${signed(areaM2, 1)} m²`
export const signedMu = (areaM2: number) => `${signed(toMu(areaM2), 2)} ${i18n.global.t('common.mu')}`

export function bytes(size: number): string {
  if (size < 1024) return `${size} B`
  return size < 1024 ** 2 ? `${number(size / 1024, 1)} KB` : `${number(size / 1024 ** 2, 1)} MB`
}

/** A moment in the district's own time. */
export function moment(iso: string): string {
  const options: Intl.DateTimeFormatOptions = {
    year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hour12: false,
    timeZone: 'Asia/Shanghai',
  }
  return new Intl.DateTimeFormat(locale(), options).format(new Date(iso))
}

/** A date of law (YYYY-MM-DD), which has no time zone. */
export function lawDate(iso: string): string {
  const [year, month, day] = iso.slice(0, 10).split('-').map(Number)
  return locale().startsWith('zh') ? `${year}年${month}月${day}日` : iso.slice(0, 10)
}
