import type { LocalityIntent } from '../locality/types';
import type { Timestamp } from './types';

/** What leaves one region and how to take it back, with kubectl alone. */
export interface BreakGlassAct {
  /** Region that is lost or to be emptied. */
  leave: string;
  /** Region that takes over. */
  to: string;
  /** Of the region that takes over, when the bundle was made. */
  ready: number;
  files: { path: string; content: string }[];
  commands: string[];
  /** Commands that restore the rule as it was when the bundle was made. */
  back: string[];
}

/** The mesh-wide rule that a service follows, as calls of ASM's API: the CLI and a key are enough, no kubeconfig. */
export interface BreakGlassMeshRule {
  /** The rule when the bundle was made. */
  intent: LocalityIntent;
  files: { path: string; content: string }[];
  /** Put it in force, whatever is in force then. */
  commands: string[];
  /** Take it back: no mesh-wide rule. */
  back: string[];
}

/**
 * Everything that is needed to evacuate a service's regions when neither the portal nor the person who knows how is there.
 * Worth nothing unless it was downloaded before: making it needs the mesh's API server.
 */
export interface BreakGlassBundle {
  service: { meshId: string; namespace: string; name: string };
  createdAt: Timestamp;
  /** How to use it, Markdown. */
  instructions: string;
  acts: BreakGlassAct[];
  /** Present when the service follows the mesh-wide rule. */
  meshWide?: BreakGlassMeshRule;
  /** SHA-256, as hex, over everything else but the signature as JSON with sorted keys, to tell a bundle that was changed. */
  digest: string;
  /** Where the portal has a key: that the digest is the portal's. */
  signature?: {
    algorithm: 'ed25519';
    /** First 16 hex digits of the SHA-256 over the public key (SPKI, DER). */
    keyId: string;
    /** Over the text of the digest; base64. */
    value: string;
  };
}
