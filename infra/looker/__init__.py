"""The dashboards' pages: which audience sees which charts of which marts, a yaml file per page."""
