/** Releases, exports and the jobs that make them. */
import { ApiProblem, get, post } from './client'

export interface Artifact {
  readonly audience: string
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export interface ReleaseSummary {
  readonly version: number | string
  readonly content_hash: string
  readonly as_of: string
  readonly published_at: string
  readonly note: string | null
}

export interface ReleaseChange {
  readonly request?: string | null
  readonly number?: string | number | null
  readonly title?: string | null
  readonly summary?: string | null
}

export interface Release extends ReleaseSummary {
  readonly changes: readonly ReleaseChange[]
  readonly layers: readonly { readonly name: string; readonly features?: number }[] | Readonly<Record<string, number>>
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
  readonly release?: number | string | null
  readonly within?: string | null
}

export async function listReleases(): Promise<readonly ReleaseSummary[]> {
  return (await get<{ items: ReleaseSummary[] }>('/api/v1/releases')).items
}

export function getRelease(version: number | string): Promise<Release> {
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
  return jobOf(await post<Job | { job: Job | string }>('/api/v1/releases', { note }))
}

export async function orderExport(order: ExportOrder): Promise<Job> {
  const body = { format: 'shapefile', crs: 4490, within: null, as_of: null, release: null, ...order }
  return jobOf(await post<Job | { job: Job | string }>('/api/v1/exports', body))
}

export function getJob(id: string | number): Promise<Job> {
  return get(`/api/v1/jobs/${encodeURIComponent(id)}`)
}

export const jobFilePath = (id: string | number) => `/api/v1/jobs/${encodeURIComponent(id)}/file`

export const packagePath = (version: number | string, artifact: Artifact) =>
  `/api/v1/releases/${encodeURIComponent(version)}/packages/${artifact.audience}/${encodeURIComponent(artifact.name)}`

/** A 202 answer names the job by id, or holds it. */
async function jobOf(answer: Job | { job: Job | string | number }): Promise<Job> {
  if (!('job' in answer)) return answer
  return typeof answer.job === 'object' ? answer.job : getJob(answer.job)
}
