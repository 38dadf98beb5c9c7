import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Inotify instances that a process holds; Envoy takes one for each file that it watches. */
export function inotifyInstances(pid: number | string): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).filter(
      fd => linkOf(`/proc/${pid}/fd/${fd}`) === 'anon_inode:inotify',
    ).length;
  } catch {
    // Ended meanwhile, or another user's.
    return 0;
  }
}

/**
 * Why an Envoy that was to watch `files` files did not start, if what it said last is about inotify.
 * @returns undefined for any other complaint
 */
export function outOfWatches(
  complaint: string,
  files: number,
): string | undefined {
  if (!/inotify/i.test(complaint)) {
    return undefined;
  }
  const used = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + inotifyInstances(pid), 0);
  const setting = 'fs.inotify.max_user_instances';
  const limit = readFileSync(
    `/proc/sys/${setting.replace(/[.]/g, '/')}`,
    'utf8',
  ).trim();
  return `Envoy did not start: it takes an inotify instance for each of its ${files} files, ${setting} is ${limit} for all processes of a user together, and those visible here hold ${used}. End programs that watch files, or raise the limit: sudo sysctl ${setting}=512. (In a container user.max_inotify_instances may be the lower limit.)`;
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
