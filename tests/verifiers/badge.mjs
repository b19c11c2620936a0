// What Digital Bazaar's verifier says of a badge. Reads {credential, documents: {address: JSON}, now: a moment
// or null} from standard input and knows nothing else: no network. Writes {verified, revoked, told} as JSON.
import { readFileSync } from "node:fs";
import { contexts } from "@digitalbazaar/credentials-context";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { verifyCredential } from "@digitalbazaar/vc";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";

const { credential, documents, now } = JSON.parse(readFileSync(0, "utf-8"));
const suite = new DataIntegrityProof({ cryptosuite });

async function documentLoader(address) {
  const document = contexts.get(address) ?? documents[address] ?? keyAt(address);
  if (!document) {
    throw new Error(`unknown address ${address}`);
  }
  return { contextUrl: null, documentUrl: address, document };
}

function keyAt(address) {
  const owner = documents[address.split("#")[0]];
  const key = owner?.verificationMethod?.find((method) => method.id === address);
  return key && { "@context": "https://w3id.org/security/multikey/v1", ...key };
}

function reasons(error) {
  return error ? [error.message, ...(error.errors ?? []).flatMap(reasons), ...reasons(error.cause)] : [];
}

let status = null;
async function readStatus(options) {
  status = await checkStatus(options);
  return status;
}

const result = await verifyCredential({
  credential,
  suite,
  documentLoader,
  checkStatus: readStatus,
  now: now ?? new Date(),
});
// "verified" of a status says only that the list could be read
const revoked = status?.verified ? status.results.some((entry) => entry.status) : null;
const told = [result.error, status?.error, ...(status?.results ?? []).map((entry) => entry.error)].flatMap(reasons);
process.stdout.write(JSON.stringify({ verified: result.verified, revoked, told }));
