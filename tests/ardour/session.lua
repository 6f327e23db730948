-- An Ardour session in which the plugin hears a recording on an audio track,
-- and what it sends is recorded on a MIDI track. Run by tests/ardour/main.rs,
-- once to make the session and once to record: Ardour does not survive opening
-- a second session.

local step = os.getenv("VOCALISE_STEP")                 -- "make" or "record"
local dir = os.getenv("VOCALISE_SESSION")
local plugin_name = os.getenv("VOCALISE_PLUGIN")
local recording = os.getenv("VOCALISE_RECORDING")
local rate = tonumber(os.getenv("VOCALISE_RATE"))       -- Hz
local length = tonumber(os.getenv("VOCALISE_LENGTH"))   -- samples
local position = tonumber(os.getenv("VOCALISE_START"))  -- samples into the song
local name = "take"

-- Ardour's unit of time.
local function superclock(samples) return samples * 282240000 // rate end

local function edit_file(path, edit)
  local file = assert(io.open(path))
  local text = edit(file:read("a"))
  file:close()
  file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function copy(from, to)
  local source, target = assert(io.open(from, "rb")), assert(io.open(to, "wb"))
  target:write(source:read("a"))
  source:close()
  target:close()
end

local function route_of(list)
  for route in list:iter() do return route end
end

local backend = AudioEngine:set_backend("None (Dummy)", "Vocalise", "")
backend:set_device_name("Silence")
backend:set_driver("Normal Speed")
backend:set_sample_rate(rate)
backend:set_buffer_size(256)

-- The tracks. Lua cannot import audio, so the region is written into the saved
-- session.
local function make()
  local session = assert(create_session(dir, name, rate), "no session was created")
  local plugin = ARDOUR.LuaAPI.new_plugin(session, plugin_name, ARDOUR.PluginType.VST3, "")
  assert(not plugin:isnil(), "Ardour does not know the plugin " .. plugin_name)
  local order = ARDOUR.PresentationInfo.max_order
  local mode = ARDOUR.TrackMode.Normal
  local voice = route_of(session:new_audio_track(1, 2, nil, 1, "Voice", order, mode, true))
  assert(voice:add_processor_by_index(plugin, 0, nil, true) == 0, "the plugin was not added")
  local midi = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  local notes = route_of(session:new_midi_track(
    midi, midi, true, ARDOUR.PluginInfo(), nil, nil, 1, "Notes", order, mode, true))
  notes:input():disconnect_all(nil)
  local sent = voice:output():midi(0)
  assert(not sent:isnil(), "the plugin has no MIDI output")
  assert(notes:input():midi(0):connect(sent:name()) == 0, "the tracks were not connected")
  session:save_state("")
  close_session()

  copy(recording, dir .. "/interchange/session/audiofiles/voice.wav")
  edit_file(dir .. "/" .. name .. ".ardour", function(text)
    local playlist = text:match('audio%-playlist="(%d+)"')
    local source = '<Source name="voice.wav" take-id="" type="audio" flags="" id="900001" '
      .. 'channel="0" origin="" gain="1"/>'
    local region = string.format(
      '<Region name="voice" muted="0" opaque="1" locked="0" video-locked="0" automatic="0" '
      .. 'whole-file="0" import="0" external="0" sync-marked="0" left-of-split="0" '
      .. 'right-of-split="0" hidden="0" position-locked="0" valid-transients="0" start="a0" '
      .. 'length="a%d@a%d" sync-position="a0" ancestral-start="a0" ancestral-length="a0@a0" '
      .. 'stretch="1" shift="1" layering-index="0" tags="" contents="0" envelope-active="0" '
      .. 'default-fade-in="0" default-fade-out="0" fade-in-active="0" fade-out-active="0" '
      .. 'scale-amplitude="1" id="900002" type="audio" first-edit="nothing" '
      .. 'source-0="900001" master-source-0="900001" channels="1"/>',
      superclock(length), superclock(position))
    local edited, count
    edited = text:gsub("<Sources/>", "<Sources>" .. source .. "</Sources>", 1)
    edited, count = edited:gsub('(<Playlist id="' .. playlist .. '"[^>]*)/>',
      function(opening) return opening .. ">" .. region .. "</Playlist>" end)
    assert(count == 1, "the voice's playlist was not found")
    return edited
  end)
end

local function record()
  local session = assert(load_session(dir, name), "the session was not opened")
  local notes = session:route_by_name("Notes")
  notes:to_track():rec_enable_control():set_value(1, PBD.GroupControlDisposition.NoGroup)
  session:maybe_enable_record()
  session:goto_start(false)
  -- The plugin is processed while the song stands, and loads its models.
  ARDOUR.LuaAPI.usleep(4000000)
  session:request_roll(ARDOUR.TransportRequestSource.TRS_UI)
  -- A busy machine rolls slowly: what counts is where it has got to.
  local finish, patience = position + length + rate, 1200
  while session:transport_sample() < finish and patience > 0 do
    ARDOUR.LuaAPI.usleep(100000)
    patience = patience - 1
  end
  session:request_stop(false, false, ARDOUR.TransportRequestSource.TRS_UI)
  ARDOUR.LuaAPI.usleep(1500000)
  session:save_state("")
  close_session()
  assert(patience > 0, "the song did not roll to its end")
end

if step == "make" then make() else record() end
