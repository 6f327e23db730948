"""Vocalise's symbolic models: what note comes next, when it was meant, how loud; and the tune that answers.

Read in this order: ``genres`` -> ``corpus`` -> ``deviations`` -> ``note_features`` / ``step_features`` ->
``context_batches`` / ``continuation_batches`` -> ``context_model`` / ``continuation_model`` -> ``train`` -> ``export``
-> ``baselines`` -> ``evaluate``.
"""
