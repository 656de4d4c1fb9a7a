"""What is measured of the rules: their quality on real pages, their speed, and how well their tests hold them."""
