"""The band: four generators (drums, bass, chords, a counter-melody) that play a bar to what is sung and planned.

Read in this order: ``rolls`` -> ``harmony`` -> ``condition`` -> ``pieces`` -> ``bars`` / ``drumming`` / ``rules`` ->
``prepare`` -> ``batches`` -> ``gan`` -> ``train`` -> ``export`` -> ``golden`` -> ``measures`` -> ``evaluate``.
"""
