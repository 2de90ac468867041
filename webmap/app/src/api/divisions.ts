/** The register: divisions, their history and lineage, and the one search box. */
import { get } from './client'

export interface DivisionLink {
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly level?: number
}

export type Box = readonly [west: number, south: number, east: number, north: number]

export interface Division {
  readonly id: string
  readonly level: number
  readonly code: string | null
  readonly code_note: string | null
  readonly name: string
  readonly pinyin: string | null
  readonly type: string | null
  readonly parent: DivisionLink | null
  readonly area_m2: number | null
  readonly valid_from: string | null
  readonly valid_to: string | null
  readonly bbox: Box | null
  readonly centre: readonly [number, number] | null
  readonly external: boolean
}

export interface HistoryChange {
  readonly what: 'name' | 'code' | 'type' | 'parent' | 'shape' | 'state'
  /** A shape is told by its area in m2. */
  readonly before: string | null
  readonly after: string | null
}

export interface HistoryItem {
  readonly event_id: string | number
  readonly kind: string
  readonly effective: string | null
  readonly approved: string | null
  readonly document_no: string | null
  readonly authority: string | null
  readonly summary: string | null
  readonly note: string | null
  readonly changes: readonly HistoryChange[]
}

export interface LineageItem {
  readonly division: DivisionLink
  readonly event: { readonly id: string | number; readonly kind: string; readonly effective: string | null } | null
  readonly role: 'whole' | 'part'
  readonly area_m2: number | null
  readonly exact: boolean
}

export interface Lineage {
  readonly predecessors: readonly LineageItem[]
  readonly successors: readonly LineageItem[]
}

export interface SearchItem {
  readonly kind: 'division' | 'name'
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly level: number | null
  readonly parent_name: string | null
  readonly match: 'exact' | 'prefix' | 'contained' | 'code'
  readonly current: boolean
  readonly note: string | null
  readonly centre: readonly [number, number] | null
  readonly bbox: Box | null
}

export interface Page<T> {
  readonly items: readonly T[]
  readonly next_cursor: string | null
}

export interface Feature<P = Record<string, unknown>> {
  readonly type: 'Feature'
  readonly geometry: unknown
  readonly properties: P
}

export interface FeatureCollection<P = Record<string, unknown>> {
  readonly type: 'FeatureCollection'
  readonly features: readonly Feature<P>[]
}

const path = (id: string) => `/api/v1/divisions/${encodeURIComponent(id)}`

interface DivisionQuery {
  readonly level?: number
  readonly parent?: string
  readonly limit?: number
  readonly cursor?: string | null
}

export function listDivisions(query: DivisionQuery): Promise<Page<Division>> {
  return get('/api/v1/divisions', { ...query })
}

/** Every division asked for, page by page. */
export async function listAllDivisions(query: DivisionQuery): Promise<readonly Division[]> {
  const page = await listDivisions({ limit: 500, ...query })
  if (page.next_cursor === null) return page.items
  return [...page.items, ...(await listAllDivisions({ ...query, cursor: page.next_cursor }))]
}

export function getDivision(id: string): Promise<Division> {
  return get(path(id))
}

export async function getHistory(id: string): Promise<readonly HistoryItem[]> {
  return (await get<{ items: HistoryItem[] }>(`${path(id)}/history`)).items
}

export function getLineage(id: string): Promise<Lineage> {
  return get(`${path(id)}/lineage`)
}

export function getBoundary(id: string): Promise<Feature> {
  return get(`${path(id)}/boundary`)
}

export async function search(q: string, limit: number, signal?: AbortSignal): Promise<readonly SearchItem[]> {
  return (await get<{ items: SearchItem[] }>('/api/v1/search', { q, limit }, signal)).items
}
