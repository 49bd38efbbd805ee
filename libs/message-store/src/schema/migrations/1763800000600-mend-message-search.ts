import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  cjk,
  createSearchPhrase,
  createSearchPrefix,
  createSearchText,
  englishEndings,
  longRun,
  marks,
  variationSelectors,
} from './1763800000200-add-message-search.js';

/**
 * Neither seen nor typed, or left out as often as written: variant selectors, the soft hyphen, the keycap around a
 * digit, the vowel points and the stretching of Arabic. What they stand in is the same word without them.
 */
const silent = String.raw`${variationSelectors}\u00ad\u20e3\u0640\u064b-\u065f\u0670`;

/** Letters to Unicode, apostrophes and accents by themselves to everybody else: "oʼneil" is "o'neil". */
const signs = String.raw`\u02b9-\u02df`;

/** The ranges of marks run over letters; this does not. */
const loneMarks = `((?![[:alnum:]])[${marks}])`;

const soundMarks = String.raw`[\u3099\u309a]`;

/**
 * Forms of one letter: of "Σ" the database's "lower" may make either small sigma, and "unaccent" makes a digit of the
 * Chinese zero, which is no part of a run then.
 */
const variants = 'Σς〇';
const variantsFor = 'σσ零';

/** The stems of up to three letters that real words have: "mapping" is "map". Of others, \`comm*\` would find "com". */
const shortStems =
  'act,ad,add,ag,age,aid,aim,air,ape,arm,art,ask,aw,awe,ax,axe,bag,bai,ban,bar,bat,' +
  'bay,be,bed,bee,beg,bet,bid,big,bit,boi,bow,box,boy,bug,bui,bus,buy,can,cap,car,cop,' +
  'cow,cri,cu,cue,cur,cut,dai,day,dew,di,die,dig,dim,dip,do,dog,dot,dri,du,dub,due,dy,dye,' +
  'eat,eb,ebb,eg,egg,ego,elf,end,err,ev,eye,fan,fat,fax,fee,few,fit,fix,fli,fo,foe,' +
  'fog,fri,fun,fur,gap,gas,gel,gem,get,go,gui,gum,gun,guy,gym,hai,har,hat,hay,hen,hip,hit,' +
  'hoe,hop,hot,hug,ice,ill,in,ink,inn,ivi,ivy,jam,jar,jaw,jet,job,jog,joi,joy,keg,kei,' +
  'key,kid,kit,lab,lag,lai,lap,law,lay,let,li,lid,lie,lip,log,lot,low,mad,man,map,mat,' +
  'mix,mob,mop,mow,mud,mug,nap,net,new,nod,nut,oak,oar,oat,od,odd,off,oil,old,orb,our,' +
  'out,ow,owe,owl,own,pad,pai,pan,pat,pay,pea,pet,pi,pie,pig,pin,pit,pli,pop,pot,pri,' +
  'pub,pup,put,rag,rai,ram,rap,rat,raw,ray,red,rid,rig,rim,rip,rob,rod,rot,row,rub,rug,' +
  'rum,run,ry,rye,sad,sai,sap,say,sea,see,set,sew,shi,sin,sip,sit,ski,sli,sob,soi,sow,' +
  'soy,spa,spi,sti,sum,sun,tag,tan,tap,tar,tax,tea,tie,tin,tip,toe,toi,ton,too,top,tot,' +
  'tow,toy,tri,tub,tug,use,van,vat,vet,vow,wag,wai,war,wax,way,we,web,wed,wee,wet,whi,' +
  'wig,win,wit,woo,wow,yak,yes,zap,zip,zoo';

/** What an English word may have behind the beginning that was typed: any rest of an ending. */
const englishRests = [
  ...new Set(
    englishEndings
      .slice(1, -1)
      .split(',')
      .flatMap((ending) => Array.from(ending, (_letter, at) => ending.slice(at))),
  ),
];

/** Mends what a look at every message found otherwise than the index: see the functions. */
export class MendMessageSearch1763800000600 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`drop function chat_search_text(text)`);
    await createMendedSearchText(db);
    await db.query(`drop function chat_search_prefix(text)`);
    await createMendedSearchPrefix(db);
    await db.query(`drop function chat_search_phrase(text, boolean)`);
    await createMendedSearchPhrase(db);
    await indexAgain(db);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`drop function chat_search_phrase(text, boolean)`);
    await createSearchPhrase(db);
    await db.query(`drop function chat_search_prefix(text)`);
    await createSearchPrefix(db);
    await db.query(`drop function chat_search_text(text)`);
    await createSearchText(db);
    await indexAgain(db);
  }
}

/**
 * Only the messages that have one of the characters concerned. To look for them reads every message once: 2 s a
 * million messages; each that has one is written anew.
 */
async function indexAgain(db: QueryRunner): Promise<void> {
  const concerned = String.raw`[\u00ad\u20e3\u0640\u064b-\u065f\u0670${signs}${variants}]`;
  await db.query(`update chat_messages set content = content where content ~ '${concerned}'`);
}

/** As before, but for silent characters, signs and variants. */
async function createMendedSearchText(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_text(content text) returns text
      language plpgsql immutable strict parallel safe as $$
    declare
      words text;
    begin
      if octet_length(content) = length(content) then
        -- ASCII, most messages: the same outcome at half the cost
        words := regexp_replace(content, '[^[:alnum:] ]', ' ', 'g');
      else
        words := normalize(regexp_replace(content, '${longRun}', '\\& ', 'g'), NFKC);
        -- A few characters grow eighteen times; a text that is one message long stays as it is.
        words := left(words, 1048576);
        words := regexp_replace(words, '[${silent}]', '', 'g');
        words := regexp_replace(words, '[${signs}]|[^[:alnum:] ${marks}]', ' ', 'g');
        words := translate(words, '${variants}', '${variantsFor}');
        if words ~ '[${cjk}]' then
          -- A sound mark of kana behind anything else is none, and no character of a run.
          if words ~ '${soundMarks}' then
            words := regexp_replace(words, '(^|[^${cjk}])${soundMarks}+', '\\1 ', 'g');
          end if;
          -- ABC -> mark ABC -> mark A AB BC C -> AB BC C; the mark cannot be in the text: controls are spaces by now
          words := regexp_replace(words, '[${cjk}]+', E' \\x01\\\\& ', 'g');
          words := regexp_replace(words, '[${cjk}]', '\\& \\&', 'g');
          words := regexp_replace(words, E'\\x01. ', '', 'g');
        end if;
      end if;

      if octet_length(words) > 2000 then
        -- A tsvector holds 16,383 positions, 1 MiB in all and 2 kB a word, so: 15,000 words of 500 characters.
        words := coalesce((
          select string_agg(left(word, 500), ' ' order by place)
          from (select word, place from unnest(string_to_array(words, ' ')) with ordinality as split (word, place)
                where word <> '' limit 15000) as first_words), '');
        if octet_length(words) > 900000 then
          words := left(words, 225000);
        end if;
      end if;

      -- The stock parser takes 3e8 in 3e8c9d for a number and divides the code behind it; 3ee8c9d stays whole.
      if words ~ '[0-9][eE]' then
        words := regexp_replace(words, '\\m[0-9]+[eE]', '\\&e', 'g');
      end if;
      return words;
    end $$`);
}

/**
 * As before, but: short stems of real words count ("mapp*" finds "mapping"), and a word that "unaccent" makes a quote
 * of is no broken query.
 */
async function createMendedSearchPrefix(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_prefix(beginning text) returns tsquery
      language sql immutable strict parallel safe set search_path from current as $$
    with plain as (
      select lower(coalesce((ts_lexize('unaccent', beginning))[1], beginning)) as plain
    ), stem as (
      select unnest(tsvector_to_array(to_tsvector('chat_search', plain))) as stem from plain
      union
      select stem
      from plain, unnest(tsvector_to_array(to_tsvector('chat_search',
                  plain || array_to_string('{${englishRests.join(',')}}'::text[], ' ' || plain)))) as stem
      where plain ~ '^[a-z]{3,}$' and (length(stem) > 3 or stem = any('{${shortStems}}'::text[]))
    ), query as (
      select to_tsquery('simple', '''' || replace(replace(plain, '\\', ''), '''', '''''') || ''':*') as prefix,
             (select string_agg(quote_literal(stem), ' | ') from stem where not starts_with(stem, plain)) as stems
      from plain
    )
    select case when stems is null then prefix else prefix || stems::tsquery end from query $$`);
}

/** As before, but a mark without a letter before it is nothing, as in the index, where PostgreSQL's parser skips it. */
async function createMendedSearchPhrase(db: QueryRunner): Promise<void> {
  await db.query(`
    create function chat_search_phrase(item text, is_prefix boolean) returns tsquery
      language plpgsql immutable strict parallel safe set search_path from current as $$
    declare
      words text := btrim(regexp_replace(chat_search_text(item), '(^| )${loneMarks}+', ' ', 'g'));
      last_word text;
      prefix tsquery;
    begin
      if words = '' then
        return '';
      end if;
      if words ~ '[${cjk}]{2} [${cjk}]$' then
        return phraseto_tsquery('chat_search', left(words, -2));
      end if;
      if not is_prefix and words !~ '(^| )[${cjk}]$' then
        return phraseto_tsquery('chat_search', words);
      end if;
      last_word := substring(words from '[^ ]+$');
      prefix := chat_search_prefix(last_word);
      if last_word = words then
        return prefix;
      end if;
      return phraseto_tsquery('chat_search', left(words, -length(last_word))) <-> prefix;
    end $$`);
}
