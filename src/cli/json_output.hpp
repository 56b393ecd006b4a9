// JSON on stdout: where --json is given, one document, whatever happens.
//
// Errors that are reported before the document ends are its member `errors`; if
// there is no document, the first of them is the document: docs/json.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <rebolt/error.hpp>

#include "report/document.hpp"
#include "report/trouble.hpp"

namespace rebolt::cli {

using rebolt::report::array_of;
using rebolt::report::Document;
using rebolt::report::error_document;
using rebolt::report::finding_document;
using rebolt::report::text_or_null;

/// Looks for --json in the command line, so that it holds for an error in the
/// command line as well.
void begin_json(const std::vector<std::string>& arguments);
/// Whether --json was given.
[[nodiscard]] bool wants_json() noexcept;

/// Prints the command's document, whose first member is `shape`, on one line.
void print_document(Document json);
/// Prints one of several documents: for commands whose results have no end.
void print_event_document(const Document& json);

/// A document with one member that is printed by others, while it becomes known.
/// Without --json nothing is printed.
class OpenDocument {
public:
    /// `head`: the members before it, the first of them `shape`; `name`: its name.
    OpenDocument(const Document& head, std::string_view name);
    OpenDocument(const OpenDocument&) = delete;
    OpenDocument& operator=(const OpenDocument&) = delete;
    /// Ends the document.
    ~OpenDocument();

    /// A member that is printed at the end.
    void put(std::string_view name, Document value) { tail_[name] = std::move(value); }

private:
    Document tail_ = Document::object();
};

/// A document with a list: each item is printed when it is known, on a line of its
/// own. Without --json nothing is printed.
class DocumentList {
public:
    DocumentList(const Document& head, std::string_view name);
    DocumentList(const DocumentList&) = delete;
    DocumentList& operator=(const DocumentList&) = delete;
    /// Ends the list and the document.
    ~DocumentList();

    void add(const Document& item);
    /// A member that is printed after the list.
    void put(std::string_view name, Document value) { document_.put(name, std::move(value)); }

private:
    OpenDocument document_;
    bool is_empty_ = true;
};

/// Remembers an error for the document that is still to end.
void add_json_error(Document error);
/// Remembers why the document does not show all that the file holds.
void set_json_incomplete(std::string why);
/// Prints the error's own document if an error was all there was.
void end_json();

} // namespace rebolt::cli
