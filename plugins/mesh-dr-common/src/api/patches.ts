/** One operation of a JSON patch (RFC 6902). */
export type PatchOperation =
  | { op: 'test' | 'add'; path: string; value: unknown }
  | { op: 'remove'; path: string };

/** What would have to be written into an object that is not the portal's. The portal offers it and leaves it alone. */
export interface OfferedPatch {
  /** e.g. `VirtualService default/reviews`. */
  object: string;
  /** For an object that exists. They begin with a `test` of the resourceVersion that was looked at, where it is known. */
  operations?: PatchOperation[];
  /** YAML of the whole object, where there is none yet. */
  manifest?: string;
  /** Does it from a POSIX shell; `$ASM_KUBECONFIG` is the reader's own. */
  command: string;
}
