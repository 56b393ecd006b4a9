// forensics: looks at all that a file holds, and hands it on.
//
//   page_tree      which bucket each page belongs to, in one state
//   key_history    every version of a key, in pages in use and in old ones
//   file_map       what every page is in both states
//   content_walk   all buckets, keys and values of a transaction, in order; with
//                  content_diff, content_hash and write_content, which use it
//   masked_copy    the same pages with the same damage, without the data; page_mask
//                  masks one page, pseudonyms name the keys
//
// page_tree, key_history and masked_copy read like the checker: they trust nothing and show what
// is there. The others read through the engine: a damaged file is an error, and
// recovery comes first.
#pragma once
