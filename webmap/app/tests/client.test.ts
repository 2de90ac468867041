import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { ApiProblem, get, post, remove, setCsrfToken, whenSignedOut } from '../src/api/client'

/** A real server that answers what the contract says. */
let server: Server
let base = ''
const seen: { method?: string; csrf?: string | string[]; url?: string }[] = []

function answer(request: IncomingMessage, response: ServerResponse) {
  seen.push({ method: request.method, csrf: request.headers['x-csrf-token'], url: request.url })
  if (request.url === '/gone') return response.writeHead(204).end()
  if (request.url === '/stale') {
    response.writeHead(409, { 'Content-Type': 'application/problem+json' })
    return response.end(JSON.stringify({
      code: 'stale_version', detail: '版本已过期。', detail_en: 'The version is old.', request_id: 'r1',
      errors: [{ field: 'version', code: 'stale', message: '应为 3' }],
    }))
  }
  if (request.url === '/ended') return response.writeHead(401).end('{"code":"not_signed_in"}')
  if (request.url === '/broken') return response.writeHead(502).end('<html>bad gateway</html>')
  return response.writeHead(200).end('{"ok":true}')
}

beforeAll(async () => {
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

it('write_when_signed_in_then_csrf_token_is_sent_and_reads_go_without', async () => {
  setCsrfToken('abc')
  await post(`${base}/x`, { a: 1 })
  await get(`${base}/x`, { q: '兴义', none: null, empty: '' })
  const [write, read] = seen.slice(-2)
  expect(write).toMatchObject({ method: 'POST', csrf: 'abc' })
  expect(read.csrf).toBeUndefined()
  expect(read.url).toBe(`/x?q=${encodeURIComponent('兴义')}`)
})

it('delete_when_204_then_no_body_is_read', async () => {
  await expect(remove(`${base}/gone`)).resolves.toBeUndefined()
})

it('answer_when_a_problem_then_it_speaks_the_language_of_the_person', async () => {
  const problem = await get(`${base}/stale`).catch((error: unknown) => error as ApiProblem)
  expect(problem).toBeInstanceOf(ApiProblem)
  const { status, code, errors } = problem as ApiProblem
  expect({ status, code, field: errors[0].field }).toEqual({ status: 409, code: 'stale_version', field: 'version' })
  expect((problem as ApiProblem).sentence('zh-CN')).toBe('版本已过期。')
  expect((problem as ApiProblem).sentence('en')).toBe('The version is old.')
})

it('answer_when_a_proxy_failed_then_still_a_sentence', async () => {
  const problem = await get(`${base}/broken`).catch((error: unknown) => error as ApiProblem)
  expect((problem as ApiProblem).code).toBe('http_502')
  expect((problem as ApiProblem).sentence('zh-CN')).toContain('502')
})

it('server_when_not_there_then_unreachable', async () => {
  const problem = await get('http://127.0.0.1:9/x').catch((error: unknown) => error as ApiProblem)
  expect((problem as ApiProblem).code).toBe('unreachable')
})

it('answer_when_the_session_has_ended_then_the_application_is_told', async () => {
  let told = 0
  whenSignedOut(() => { told += 1 })
  setCsrfToken('abc')
  await get(`${base}/ended`).catch(() => undefined)
  setCsrfToken(null)
  await get(`${base}/ended`).catch(() => undefined)
  expect(told).toBe(1)
})
