/** Who is signed in, for every screen. */
import { computed, ref } from 'vue'

import { ApiProblem, setCsrfToken, whenSignedOut } from './api/client'
import * as api from './api/session'

export const me = ref<api.Me | null>(null)
export const signedIn = computed(() => me.value !== null)

function become(person: api.Me | null): void {
  me.value = person
  setCsrfToken(person?.csrf_token ?? null)
}

// The page stays as it is, so that unsaved work is not lost; signing in again gives a new token.
whenSignedOut(() => become(null))

/** Ask the server once, at start. Not being signed in is no error. */
export async function restoreSession(): Promise<void> {
  try {
    become(await api.getMe())
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    become(null)
  }
}

export async function signIn(login: string, password: string): Promise<void> {
  become(await api.signIn(login, password))
}

export async function signOut(): Promise<void> {
  await api.signOut()
  become(null)
}

export function hasRole(...roles: api.Role[]): boolean {
  return me.value?.grants.some((grant) => roles.includes(grant.role)) ?? false
}

/** Whether one of the roles holds on a division, given with all divisions above it; the server decides in the end. */
export function hasRoleOn(path: readonly string[], ...roles: api.Role[]): boolean {
  return me.value?.grants.some(({ role, division_id }) => {
    return roles.includes(role) && (division_id === null || path.includes(division_id))
  }) ?? false
}
