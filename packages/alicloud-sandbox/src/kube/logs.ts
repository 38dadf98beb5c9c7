/** What containers wrote, by pod uid. Kept per pod to the last 64 KiB. */
export class PodLogs {
  private readonly texts = new Map<string, string>();
  private readonly changed: () => void;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  append(uid: string, text: string): void {
    if (!text) return;
    const all = (this.texts.get(uid) ?? '') + text;
    this.texts.set(uid, all.slice(-65_536));
    this.changed();
  }

  read(uid: string): string {
    return this.texts.get(uid) ?? '';
  }

  forget(uid: string): void {
    this.texts.delete(uid);
  }

  dump(): Record<string, string> {
    return Object.fromEntries(this.texts);
  }

  load(dump: Record<string, string>): void {
    for (const [uid, text] of Object.entries(dump)) this.texts.set(uid, text);
  }
}
