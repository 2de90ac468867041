/** Follow a job until it is done, showing how far it is. */
import { getJob, type Job } from '../../api/releases'

const PAUSE_MS = 700

/** Resolves with the finished job, done or failed. Stops silently when the signal says so. */
export async function followJob(job: Job, onProgress: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  let current = job
  onProgress(current)
  while (!['done', 'failed'].includes(current.state) && !signal.aborted) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    current = await getJob(job.id)
    if (!signal.aborted) onProgress(current)
  }
  return current
}

/** Why a job failed, for a person. */
export function failureOf(job: Job, locale: string): string {
  const { error } = job
  return (locale === 'en' ? error?.message_en : error?.message) ?? job.message ?? ''
}
