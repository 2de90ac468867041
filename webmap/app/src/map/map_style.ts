/**
 * How the register looks. Boundary symbols follow the habit of Chinese maps: the district line is dash-dot with a soft
 * colour band, town lines are dashes, village lines are dots; each town has its own pale mineral wash.
 */
import type { FeatureLike } from 'ol/Feature'
import { Fill, Stroke, Style, Text } from 'ol/style'

export const FONT = "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"

export const COLOURS = {
  ink: '#2b3840',
  halo: 'rgba(255, 255, 255, 0.92)',
  azurite: '#1d5878',
  cinnabar: '#ab3426',
  malachite: '#28705a',
} as const

/** Pale washes: malachite, ochre, indigo, gamboge, rouge, leaf, lotus, azurite, umber, celadon. */
const WASHES = [
  '#d9e8e1', '#f1e3cd', '#dfe4f0', '#f3ecce', '#efdfe0', '#e2ead3', '#e8e0ee', '#d8e7ee', '#e9e1d6', '#dcebe9',
]

/** Codes of neighbours differ in their last digits, so these give them different washes. */
export function washOf(code: string | null | undefined, id: string): string {
  const digits = Number.parseInt((code ?? '').slice(-3), 10)
  // 001-099 are subdistricts, 100-199 towns: shifted, so that 003 and 103 differ.
  const number = Number.isNaN(digits) ? hashOf(id) : Math.floor(digits / 100) * 3 + (digits % 100)
  return WASHES[number % WASHES.length]
}

function hashOf(id: string): number {
  return [...id].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 9973, 7)
}

const cache = new Map<string, Style | Style[]>()

function cached<T extends Style | Style[]>(key: string, make: () => T): T {
  const known = cache.get(key) ?? make()
  cache.set(key, known)
  return known as T
}

export interface LayerSwitches {
  readonly towns: boolean
  readonly villages: boolean
  readonly lines: boolean
  readonly labels: boolean
  readonly names: boolean
  /** The register has no towns: districts keep their names when near. */
  readonly townless: boolean
}

type Text_ = string | undefined

/** Style of one tile feature at a zoom; undefined hides it. */
export function tileStyle(feature: FeatureLike, zoom: number, on: LayerSwitches): Style | Style[] | undefined {
  const level = Number(feature.get('level') ?? 0)
  switch (feature.get('layer')) {
    case 'districts':
      return fillStyle(washOf(feature.get('code') as Text_, String(feature.get('id'))), 0)
    case 'towns':
      return on.towns ? fillStyle(washOf(feature.get('code') as Text_, String(feature.get('id')))) : undefined
    case 'villages':
      // Clear, yet there: a click finds the village.
      return on.villages && zoom >= 11 ? fillStyle('rgba(255,255,255,0.01)') : undefined
    case 'boundary_lines':
      return on.lines && (level < 5 || (on.villages && zoom >= 10.5)) ? lineStyle(level, zoom, feature) : undefined
    case 'labels':
      return on.labels && (level < 5 || on.villages) ? labelStyle(String(feature.get('name')), level, zoom, on.townless) : undefined
    case 'place_names':
      return on.names && zoom >= 12 ? placeStyle(String(feature.get('name'))) : undefined
    default:
      return undefined
  }
}

function fillStyle(colour: string, rank = 1): Style {
  return cached(`fill ${colour} ${rank}`, () => new Style({ fill: new Fill({ color: colour }), zIndex: rank }))
}

function lineStyle(level: number, zoom: number, feature: FeatureLike): Style | Style[] {
  const disputed = feature.get('legal_status') === 'disputed' || feature.get('legal_status') === '争议'
  const near = zoom >= 12.5
  return cached(`line ${level} ${near} ${disputed}`, () => {
    const colour = disputed ? COLOURS.cinnabar : COLOURS.ink
    if (level <= 3) return districtLine(colour, near)
    if (level === 4) {
      return new Style({ zIndex: 4, stroke: new Stroke({ color: alpha(colour, 0.78), width: near ? 1.8 : 1.3, lineDash: [9, 4] }) })
    }
    return new Style({ zIndex: 3, stroke: new Stroke({ color: alpha(colour, 0.5), width: near ? 1.3 : 1, lineDash: [1.5, 3.5], lineCap: 'round' }) })
  })
}

function districtLine(colour: string, near: boolean): Style[] {
  return [
    new Style({ zIndex: 5, stroke: new Stroke({ color: 'rgba(171, 52, 38, 0.16)', width: near ? 13 : 9 }) }),
    new Style({ zIndex: 6, stroke: new Stroke({ color: colour, width: near ? 2.2 : 1.7, lineDash: [14, 4, 2, 4] }) }),
  ]
}

function alpha(hex: string, opacity: number): string {
  const [r, g, b] = [1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16))
  return `rgba(${r}, ${g}, ${b}, ${opacity})`
}

function labelStyle(name: string, level: number, zoom: number, townless: boolean): Style | undefined {
  if (level <= 3) return zoom < 9.5 || townless ? textStyle(name, `650 ${zoom < 9 ? 14 : 18}px ${FONT}`, '#6d3a30', 100, 4) : undefined
  if (level === 4) {
    return zoom >= 9 ? textStyle(name, `600 ${zoom >= 12.5 ? 17 : 14}px ${FONT}`, '#24323b', 50, 3.5) : undefined
  }
  return zoom >= 11.5 ? textStyle(name, `400 ${zoom >= 13 ? 13 : 12}px ${FONT}`, '#4d5b64', 10, 3) : undefined
}

function placeStyle(name: string): Style {
  return textStyle(name, `400 12px ${FONT}`, '#6b5b3a', 5, 3)
}

export function textStyle(text: string, font: string, colour: string, rank: number, halo: number): Style {
  return cached(`text ${text} ${font} ${colour}`, () => new Style({
    zIndex: rank,
    text: new Text({
      text, font, fill: new Fill({ color: colour }), stroke: new Stroke({ color: COLOURS.halo, width: halo }),
      overflow: true, padding: [3, 4, 3, 4],
    }),
  }))
}

/** The chosen division: a clear azurite edge over a pale wash. */
export const CHOSEN_STYLE = [
  new Style({ stroke: new Stroke({ color: 'rgba(255,255,255,0.9)', width: 6 }) }),
  new Style({
    stroke: new Stroke({ color: COLOURS.azurite, width: 2.6 }), fill: new Fill({ color: 'rgba(29, 88, 120, 0.07)' }),
  }),
]

export const CHOSEN_WASH = new Style({ fill: new Fill({ color: 'rgba(29, 88, 120, 0.17)' }) })
