/** Sign in, sign out, who am I. */
import { get, post, remove } from './client'

export type Role = 'surveyor' | 'clerk' | 'reviewer' | 'approver' | 'publisher' | 'administrator'

export interface Grant {
  readonly role: Role
  readonly division_id: string | null
  readonly division_name: string | null
}

export interface Me {
  readonly id: string
  readonly login: string
  readonly display_name: string
  readonly grants: readonly Grant[]
  readonly csrf_token: string
}

export function signIn(login: string, password: string): Promise<Me> {
  return post('/api/v1/sessions', { login, password })
}

export function signOut(): Promise<void> {
  return remove('/api/v1/sessions/current')
}

export function getMe(): Promise<Me> {
  return get('/api/v1/me')
}
