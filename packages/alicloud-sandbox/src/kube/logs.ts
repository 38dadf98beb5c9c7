import { logKey, type Keep } from './records';

/** What containers wrote, by pod uid. Kept per pod to the last 64 KiB. */
export class PodLogs {
  private readonly texts = new Map<string, string>();
  private readonly keep: Keep;

  constructor(keep: Keep) {
    this.keep = keep;
  }

  append(uid: string, text: string): void {
    if (!text) return;
    const all = (this.texts.get(uid) ?? '') + text;
    this.texts.set(uid, all.slice(-65_536));
    this.keep([{ key: logKey(uid), value: this.read(uid) }]);
  }

  read(uid: string): string {
    return this.texts.get(uid) ?? '';
  }

  forget(uid: string): void {
    if (this.texts.delete(uid)) this.keep([{ key: logKey(uid) }]);
  }

  *records(): Generator<readonly [key: string, value: string]> {
    for (const [uid, text] of this.texts) yield [logKey(uid), text];
  }

  load(records: ReadonlyMap<string, unknown>): void {
    const prefix = logKey('');
    for (const [key, text] of records) {
      if (key.startsWith(prefix)) {
        this.texts.set(key.slice(prefix.length), text as string);
      }
    }
  }
}
