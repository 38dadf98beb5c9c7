const BEIJING_OFFSET_MS = 8 * 3600_000;

/** `2025-04-07T09:57:26+08:00`: the Container Service tells times as they are in Beijing. */
export function beijingTime(iso: string): string {
  return `${shifted(iso)}+08:00`;
}

/** `2022-12-15 23:00:00`, as stages of tasks have it. */
export function beijingClock(iso: string): string {
  return shifted(iso).replace('T', ' ');
}

function shifted(iso: string): string {
  return new Date(Date.parse(iso) + BEIJING_OFFSET_MS)
    .toISOString()
    .slice(0, 19);
}
