import { ApiError } from '../../errors';

/** @throws ApiError `Invalid<parameter>.Malformed` unless it is absent or 1 to 128 characters that are no address. */
export function checkName(name: string | undefined, parameter: string): string {
  return checkText(name, parameter, 128);
}

/** As `checkName`, up to 256 characters. */
export function checkDescription(
  description: string | undefined,
  parameter: string,
): string {
  return checkText(description, parameter, 256);
}

function checkText(
  text: string | undefined,
  parameter: string,
  longest: number,
): string {
  if (text === undefined) return '';
  if (text.length > longest || /^https?:\/\//.test(text)) {
    throw new ApiError(
      `Invalid${parameter}.Malformed`,
      `Specified ${parameter} is not valid: 1 to ${longest} characters that do not start with http:// or https://.`,
    );
  }
  return text;
}
