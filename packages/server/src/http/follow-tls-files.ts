import type { Context } from '../context.ts';
import { type RunningJob, runJob } from '../jobs/index.ts';
import type { Listening } from './listen.ts';
import { readTlsFiles, type TlsFiles } from './read-tls-files.ts';

const pauseMilliseconds = 5_000;

/** Shows a renewed certificate without a restart. A pair that cannot be used is logged, and the one before stays. */
export function followTlsFiles(
  context: Pick<Context, 'config' | 'log' | 'platform'>,
  listening: Pick<Listening, 'replaceCertificate'>,
  shown: TlsFiles,
): RunningJob {
  const { config, log, platform } = context;
  let last = shown;
  const follow = async (): Promise<number> => {
    const files = readTlsFiles(config);
    if (files !== undefined && (files.cert !== last.cert || files.key !== last.key)) {
      listening.replaceCertificate(files);
      last = files;
      log.info('a renewed certificate is in use');
    }
    return platform.now() + pauseMilliseconds;
  };
  return runJob('follow the certificate', follow, platform.now, log);
}
