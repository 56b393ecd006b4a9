#include "salvage/meta_pair.hpp"

#include "base/try.hpp"

namespace rebolt::salvage {

MetaPair read_metas(const PageSource& source) {
    MetaPair metas;
    for (std::size_t i = 0; i < 2; ++i) {
        const std::uint64_t begin = i * source.page_size_bytes();
        if (begin + source.page_size_bytes() > source.file_bytes() ||
            !source.readable(begin, source.page_size_bytes()))
            continue;
        const auto view =
            format::MetaView::of(source.file().subspan(begin, source.page_size_bytes()));
        metas.fields[i] = view->fields();
        metas.is_valid[i] =
            !view->validate() && view->fields().page_size == source.page_size_bytes();
        if (metas.is_valid[i] &&
            (!metas.current || view->fields().txid > metas.current_fields().txid))
            metas.current = i;
    }
    return metas;
}

Result<MetaPair> must_have_meta(const PageSource& source) {
    MetaPair metas = read_metas(source);
    if (!metas.current)
        return Error(ErrorCode::invalid_argument,
                     "neither meta page is valid: see rebolt surgery meta validate")
            .in_file(source.path());
    return metas;
}

} // namespace rebolt::salvage
