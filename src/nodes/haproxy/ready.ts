import type { Engine } from '../../docker/engine.js';

/** Whether HAProxy has read its configuration and answers on its admin socket, whatever its servers do. */
export async function haproxyAnswers(engine: Engine, containerId: string): Promise<boolean> {
  const question = 'echo "show info" | socat - UNIX-CONNECT:/run/haproxy/admin.sock | grep -q ^Uptime_sec';
  return (await engine.exec(containerId, ['sh', '-c', question])).exitCode === 0;
}
