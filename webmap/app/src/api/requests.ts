/** Change requests: draft, operations, check, preview and the decisions on them. */
import type { Operation } from '../topology/operations'
import { get, post, put } from './client'
import type { DivisionLink, FeatureCollection, Page } from './divisions'

export type RequestState =
  | 'draft' | 'submitted' | 'approved' | 'in_force' | 'returned' | 'rejected' | 'withdrawn'
export const REQUEST_STATES: readonly RequestState[] = [
  'draft', 'submitted', 'approved', 'in_force', 'returned', 'rejected', 'withdrawn',
]
export type Decision = 'submit' | 'return' | 'approve' | 'reject' | 'withdraw'

export interface Person {
  readonly id: string
  readonly display_name: string
}

export interface ChangeRequest {
  readonly id: string
  readonly number: string | number | null
  readonly kind: string
  readonly title: string
  readonly reason: string
  readonly state: RequestState
  readonly version: number
  readonly content_hash: string | null
  readonly base_event: string | number | null
  readonly created_by: Person
  readonly last_editor: Person | null
  readonly created_at: string
  readonly updated_at: string
  readonly operations: readonly Operation[]
  readonly touched_divisions: readonly DivisionLink[]
  readonly allowed_actions: readonly string[]
  readonly document_no: string | null
  readonly decided_by: Person | null
}

export interface Receipt {
  readonly id: string
  readonly status: 'applied' | 'duplicate' | 'retracted' | 'conflict' | 'refused'
  readonly reason: string | null
}

export interface Issue {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'information'
  readonly message: string
  readonly message_en: string
  readonly lon: number | null
  readonly lat: number | null
  readonly divisions?: readonly (DivisionLink | string)[]
}

export interface Conflict {
  readonly arc: number
  readonly kind: 'changed' | 'gone' | 'same_stretch'
  readonly base: readonly [number, number][]
  readonly mine: readonly [number, number][]
  readonly theirs: readonly [number, number][] | null
}

export interface Check {
  readonly ok: boolean
  readonly issues: readonly Issue[]
  readonly conflicts: readonly Conflict[]
}

export interface DivisionPreview {
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly level: number
  readonly area_before_m2: number
  readonly area_after_m2: number
  readonly gained_m2: number
  readonly lost_m2: number
  readonly change_m2: number
  readonly change_mu: number
}

export interface Preview extends Check {
  readonly divisions: readonly DivisionPreview[]
  readonly before: FeatureCollection
  readonly after: FeatureCollection
  readonly pieces: FeatureCollection<{ from: string; to: string; area_m2: number }>
  readonly arcs_before: FeatureCollection
  readonly arcs_after: FeatureCollection
  readonly names: readonly { division_id: string; before: string; after: string }[]
}

export interface LogItem {
  readonly at: string
  readonly actor: Person | string | null
  readonly action: string
  readonly from_state: RequestState | null
  readonly to_state: RequestState | null
  readonly reason: string | null
  readonly content_hash: string | null
}

const path = (id: string) => `/api/v1/requests/${encodeURIComponent(id)}`

export function listRequests(
  query: { state?: string; mine?: boolean; limit?: number; cursor?: string | null },
): Promise<Page<ChangeRequest>> {
  return get('/api/v1/requests', query)
}

export function createRequest(title: string, reason: string): Promise<ChangeRequest> {
  return post('/api/v1/requests', { kind: 'boundary_correction', title, reason })
}

export function getRequest(id: string): Promise<ChangeRequest> {
  return get(path(id))
}

export function putOperations(
  request: ChangeRequest, operations: readonly Operation[],
): Promise<ChangeRequest & { receipts: readonly Receipt[] }> {
  return put(`${path(request.id)}/operations`, { version: request.version, operations })
}

export function checkRequest(id: string): Promise<Check> {
  return post(`${path(id)}/check`)
}

export function getPreview(id: string): Promise<Preview> {
  return get(`${path(id)}/preview`)
}

export async function getLog(id: string): Promise<readonly LogItem[]> {
  return (await get<{ items: LogItem[] }>(`${path(id)}/log`)).items
}

export function decide(
  request: ChangeRequest, decision: Decision, reason: string | null, documentNo: string | null,
): Promise<ChangeRequest> {
  const { version, content_hash } = request
  return post(`${path(request.id)}/${decision}`, { version, content_hash, reason, document_no: documentNo })
}
