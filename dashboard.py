"""Router only: `streamlit run dashboard.py`, or better `python -m ui serve`."""

from ui import navigation

navigation.run()
