/** The request that a sitting of editing fills: saved as a draft, checked by the server, submitted. */
import { reactive } from 'vue'

import {
  checkRequest, createRequest, decide, putOperations, type ChangeRequest, type Check, type Receipt,
} from '../api/requests'
import type { Operation } from '../topology/operations'

export interface DraftState {
  request: ChangeRequest | null
  title: string
  reason: string
  check: Check | null
  /** Receipts of operations that the server did not take. */
  refused: readonly Receipt[]
  /** True while the server has everything that is on the map. */
  saved: boolean
  busy: boolean
}

export class Draft {
  readonly state = reactive<DraftState>({
    request: null, title: '', reason: '', check: null, refused: [], saved: false, busy: false,
  })

  adopt(request: ChangeRequest): void {
    Object.assign(this.state, { request, title: request.title, reason: request.reason, saved: true })
  }

  /** The map has changed: what the server knows is old. */
  touch(): void {
    this.state.saved = false
    this.state.check = null
  }

  async save(operations: readonly Operation[]): Promise<void> {
    await this.whileBusy(async () => {
      const request = this.state.request ?? await createRequest(this.state.title.trim(), this.state.reason.trim())
      this.state.request = request
      const answer = await putOperations(request, operations)
      this.state.request = answer
      this.state.refused = answer.receipts.filter(({ status }) => status === 'refused' || status === 'conflict')
      this.state.saved = this.state.refused.length === 0
    })
  }

  async check(operations: readonly Operation[]): Promise<Check> {
    if (!this.state.saved) await this.save(operations)
    return this.whileBusy(async () => {
      const check = await checkRequest(this.state.request!.id)
      this.state.check = check
      return check
    })
  }

  /** Submit what passed the check; null when errors stand in the way. */
  async submit(operations: readonly Operation[]): Promise<ChangeRequest | null> {
    const check = await this.check(operations)
    if (!check.ok || this.state.refused.length > 0) return null
    return this.whileBusy(() => decide(this.state.request!, 'submit', null, null))
  }

  private async whileBusy<T>(work: () => Promise<T>): Promise<T> {
    this.state.busy = true
    try {
      return await work()
    } finally {
      this.state.busy = false
    }
  }
}
