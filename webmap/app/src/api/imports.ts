/** Imports: upload, look at what was understood, confirm, let a second person sign. */
import { get, post, put } from './client'
import type { Issue } from './requests'

export type Door = 'first_load' | 'edition'
export type ImportState = 'uploaded' | 'checked' | 'refused' | 'confirmed' | 'applied' | 'cancelled'

export interface ReadingNote {
  readonly code: string
  readonly severity: string
  readonly message: string
  readonly message_en: string
  readonly row: number | null
  readonly field: string | null
}

export interface ImportLayer {
  readonly file: string
  readonly level: number | null
  readonly rows: number
  readonly crs: { readonly epsg: number | null; readonly name: string | null; readonly needs_confirmation: boolean }
  readonly encoding: { readonly encoding: string | null; readonly needs_confirmation: boolean }
  readonly fields: Readonly<Record<string, string | null>>
  readonly sample: readonly Readonly<Record<string, unknown>>[]
  readonly notes: readonly ReadingNote[]
}

export interface Assumption {
  readonly key: string
  readonly message: string
  readonly message_en: string
  readonly needs: boolean
  readonly confirmed: boolean
}

export interface ImportFault extends Issue {
  readonly area_m2: number | null
  readonly width_m: number | null
}

export interface ImportBatch {
  readonly id: string
  readonly door: Door
  readonly state: ImportState
  readonly files: readonly { readonly name?: string; readonly bytes?: number }[]
  readonly choices: Readonly<Record<string, unknown>>
  readonly valid_from: string | null
  readonly source: string | null
  readonly document_no: string | null
  readonly created_by: string
  readonly confirmed_by: string | null
  readonly signed_by: string | null
  readonly layers: readonly ImportLayer[]
  readonly faults: readonly ImportFault[]
  readonly assumptions: readonly Assumption[]
  readonly counts: { readonly divisions?: Readonly<Record<string, number>>; readonly arcs?: number; readonly area_m2?: number }
  readonly needs: readonly string[]
  readonly can_confirm: boolean
}

const path = (id: string) => `/api/v1/imports/${encodeURIComponent(id)}`

export async function listImports(): Promise<readonly ImportBatch[]> {
  return (await get<{ items: ImportBatch[] }>('/api/v1/imports')).items
}

export function uploadImport(files: readonly File[], door: Door): Promise<ImportBatch> {
  const form = new FormData()
  files.forEach((file) => form.append('files', file, file.name))
  form.append('door', door)
  return post('/api/v1/imports', form)
}

/** Say again what the files are, with more assumptions confirmed; they are read and checked anew. */
export function confirmAssumptions(batch: ImportBatch, keys: readonly string[]): Promise<ImportBatch> {
  const known = ['levels', 'crs', 'encoding', 'fields', 'scheme'].flatMap((key): [string, unknown][] => {
    const value = batch.choices[key]
    return value === null || value === undefined ? [] : [[key, value]]
  })
  return put(`${path(batch.id)}/assumptions`, { ...Object.fromEntries(known), confirmed: keys })
}

export function confirmImport(
  id: string, body: { valid_from: string | null; source: string; document_no: string | null },
): Promise<ImportBatch> {
  return post(`${path(id)}/confirm`, body)
}

export function signImport(id: string): Promise<ImportBatch> {
  return post(`${path(id)}/sign`)
}
