/**
 * One place that talks HTTP: cookie session, CSRF token on writes, RFC 9457 problems as errors. Answers are asked for
 * anew each time (`no-cache` still allows 304): a publisher must see the release just made.
 */

export interface FieldProblem {
  readonly field: string
  readonly code: string
  readonly message: string
}

/** An answer that is not a success, or no answer at all (`status` 0, code `unreachable`). */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detailZh: string,
    readonly detailEn: string,
    readonly errors: readonly FieldProblem[] = [],
    readonly requestId: string | null = null,
  ) {
    super(detailEn || code)
  }

  /** The sentence for a person, in their language when the server gave one. */
  sentence(locale: string): string {
    const [first, second] = locale.startsWith('zh') ? [this.detailZh, this.detailEn] : [this.detailEn, this.detailZh]
    return first || second || this.code
  }
}

let csrfToken: string | null = null

let onSignedOut: () => void = () => undefined

/** Called when the server no longer knows the session: it ended, or was ended elsewhere. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback
}

export function setCsrfToken(token: string | null): void {
  csrfToken = token
}

type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return send<T>('GET', withQuery(path, query), undefined, signal)
}

export function post<T>(path: string, body?: unknown): Promise<T> {
  return send<T>('POST', path, body)
}

export function put<T>(path: string, body: unknown): Promise<T> {
  return send<T>('PUT', path, body)
}

export function remove(path: string): Promise<void> {
  return send('DELETE', path)
}

function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).flatMap(([key, value]): [string, string][] => {
    return value === null || value === undefined || value === '' ? [] : [[key, String(value)]]
  })
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' }
  if (method !== 'GET' && csrfToken !== null) headers['X-CSRF-Token'] = csrfToken
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json'
  const payload = body === undefined ? undefined : isForm ? body : JSON.stringify(body)
  const answer = await reach(path, { method, headers, body: payload, signal, credentials: 'same-origin', cache: 'no-cache' })
  if (answer.status === 401 && csrfToken !== null) onSignedOut()
  if (!answer.ok) throw await problemOf(answer)
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

async function reach(path: string, options: RequestInit): Promise<Response> {
  try {
    return await fetch(path, options)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiProblem(0, 'unreachable', '连接不到服务器，请检查网络后重试。', 'The server cannot be reached.')
  }
}

async function problemOf(answer: Response): Promise<ApiProblem> {
  const body = (await answer.json().catch(() => ({}))) as Record<string, unknown>
  const text = (key: string) => (typeof body[key] === 'string' ? body[key] : '')
  return new ApiProblem(
    answer.status,
    text('code') || `http_${answer.status}`,
    text('detail') || text('title') || `服务器返回错误（${answer.status}）。`,
    text('detail_en') || text('title_en') || `The server answered with status ${answer.status}.`,
    Array.isArray(body.errors) ? (body.errors as FieldProblem[]) : [],
    text('request_id') || null,
  )
}
