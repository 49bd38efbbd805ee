/** How packages of binaries spell Node's `process.platform`, where they differ from it. */
const systems = { windows: 'win32', linuxmusl: 'linux' };
const knownSystems = ['darwin', 'win32', 'linux', 'freebsd', 'android', 'openharmony'];
const processors = { gnueabihf: 'arm', musleabihf: 'arm', eabi: 'arm' };
const knownProcessors = ['arm64', 'x64', 'ia32', 'arm', 'riscv64', 'ppc64', 's390x', 'loong64', 'wasm32'];

/**
 * Optional packages that something in a lock file asks for and that are not in it.
 * @param {Record<string, any>} packages `packages` of package-lock.json, by folder
 * @returns {Record<string, object>} their entries, by folder
 */
export function missingOptionals(packages) {
  const missing = {};
  for (const [folder, parent] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(parent.optionalDependencies ?? {})) {
      const found = resolve(packages, folder, name);
      const version = range.replace(/^[\^~]/, '');
      if (found && majorOf(packages[found].version) === majorOf(version)) continue;
      missing[`${found ? `${folder}/` : ''}node_modules/${name}`] = entryOf(name, version, parent.dev);
    }
  }
  return missing;
}

/** As Node looks it up: in the package's own node_modules, then in those of the folders above. */
function resolve(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const folder = `${at}${at && '/'}node_modules/${name}`;
    if (packages[folder]) return folder;
    if (at === '') return undefined;
  }
}

function entryOf(name, version, dev) {
  const words = name.split('/').at(-1).split(/[-_]/);
  const system = words.map((word) => systems[word] ?? word).find((word) => knownSystems.includes(word));
  const processor = words
    .map((word) => processors[word] ?? word)
    .find((word) => knownProcessors.includes(word));
  return {
    version,
    ...(processor && { cpu: [processor] }),
    ...(dev && { dev }),
    optional: true,
    ...(system && { os: [system] }),
  };
}

function majorOf(version) {
  return version.split('.')[0];
}
