"""Share pages: one page of a release that anybody can open, made with folium, with nothing from elsewhere."""
