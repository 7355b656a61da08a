"""What may be said to a person."""

import unicodedata


def unfit(said: object) -> str:
    """Return what is wrong with something said to a person: it can't be shown, or is no line of bearable length."""
    if not isinstance(said, str):
        return ""
    try:
        said.encode()
    except UnicodeEncodeError:
        return f"said what can't be shown: {said[:200]!a}"
    hidden = [c for c in said if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs")]
    if hidden or len(said) > 1000:
        return f"said {len(said)} characters, hidden among them {hidden[:5]!a}: {said[:200]!a}"
    return ""
