"""Everything of the pages that is Streamlit: navigation, scope, cards, notes, cache, words."""
