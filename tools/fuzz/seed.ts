import fc from 'fast-check';

/** A setup file of Jest when FUZZ_SEED is set: every property of the run begins with this seed. */
fc.configureGlobal({ seed: Number(process.env['FUZZ_SEED']) });
