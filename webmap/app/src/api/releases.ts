/** Releases, exports and the jobs that make them. */
import { ApiProblem, get, post } from './client'

export interface Artifact {
  readonly audience: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface ReleaseSummary {
  readonly version: string
  readonly content_hash: string
  readonly as_of: string
  readonly published_at: string
  readonly note: string
}

export interface ReleaseChange {
  readonly kind: string
  readonly title: string | null
  readonly summary: string | null
  readonly effective: string | null
  readonly document_no: string | null
}

export interface Release extends ReleaseSummary {
  readonly changes: readonly ReleaseChange[]
  /** Rows of each layer. */
  readonly layers: Readonly<Record<string, number>>
  readonly artifacts: readonly Artifact[]
  readonly share_url: string | null
}

export interface Job {
  readonly id: string | number
  readonly kind: string
  readonly state: 'queued' | 'running' | 'done' | 'failed'
  readonly progress: number
  readonly message: string | null
  readonly result: Readonly<Record<string, unknown>> | null
  readonly error?: { readonly message: string; readonly message_en: string } | null
}

export interface ExportOrder {
  readonly layer: string
  readonly encoding: 'UTF-8' | 'GBK'
  readonly release?: string | null
  readonly within?: string | null
}

export async function listReleases(): Promise<readonly ReleaseSummary[]> {
  return (await get<{ items: ReleaseSummary[] }>('/api/v1/releases')).items
}

export function getRelease(version: string): Promise<Release> {
  return get(`/api/v1/releases/${encodeURIComponent(version)}`)
}

/** Null when nothing has been released yet. */
export async function findLatestRelease(): Promise<Release | null> {
  return getRelease('latest').catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return null
    throw error
  })
}

export async function buildRelease(note: string): Promise<Job> {
  return (await post<{ job: Job }>('/api/v1/releases', { note })).job
}

export async function orderExport(order: ExportOrder): Promise<Job> {
  const body = { format: 'shapefile', crs: 4490, within: null, as_of: null, release: null, ...order }
  return (await post<{ job: Job }>('/api/v1/exports', body)).job
}

export function getJob(id: string | number): Promise<Job> {
  return get(`/api/v1/jobs/${encodeURIComponent(id)}`)
}

export const jobFilePath = (id: string | number) => `/api/v1/jobs/${encodeURIComponent(id)}/file`

export const packagePath = (version: string, artifact: Artifact) =>
  `/api/v1/releases/${encodeURIComponent(version)}/packages/${artifact.audience}/${encodeURIComponent(artifact.name)}`
