import { createHash } from 'node:crypto';
import type { NodeKind } from '../node-kind.js';

/** Redis stores the SHA-256 of a password (manual, ACL: `#<hash>`), so the password itself is not in the file. */
const hash = (password: string): string => createHash('sha256').update(password).digest('hex');

export const redisKind: NodeKind = {
  name: 'redis',
  image: { dockerfile: 'images/redis/Dockerfile', copies: ['images/redis'] },
  port: 6379,
  stopGraceS: 5,
  files: ({ credentials }) => [
    {
      path: '/etc/redis/users.acl',
      text: `user default off\nuser app on #${hash(credentials.redis)} ~* &* +@all -@dangerous +info\n`,
      mode: 0o600,
      uid: 999,
      gid: 999,
    },
  ],
};
