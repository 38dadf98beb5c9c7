/** One path component of an image reference. */
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const REFERENCE = new RegExp(
  `^(?:[a-zA-Z0-9.-]+(?::[0-9]+)?/)?${COMPONENT}(?:/${COMPONENT})*(?::[\\w][\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`,
);

/** Why the kubelet cannot get an image. */
export interface ImageFault {
  reason: 'InvalidImageName' | 'ErrImagePull';
  message: string;
}

/**
 * What is wrong with an image; undefined for every other one, since nothing is really pulled. Wrong are references that
 * do not parse, and, so that a failing pull can be tried out, registries below `.invalid` and the tag `does-not-exist`.
 */
export function imageFault(image: string): ImageFault | undefined {
  if (!REFERENCE.test(image)) {
    return {
      reason: 'InvalidImageName',
      message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
    };
  }
  const host = image.split('/')[0].replace(/:\d+$/, '');
  if (image.includes('/') && host.endsWith('.invalid')) {
    return {
      reason: 'ErrImagePull',
      message: `failed to pull and unpack image "${image}": failed to resolve reference "${image}": dial tcp: lookup ${host}: no such host`,
    };
  }
  if (/:does-not-exist$/.test(image)) {
    return {
      reason: 'ErrImagePull',
      message: `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`,
    };
  }
  return undefined;
}
