(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 f32 v128 v128 v128 f32 f32)
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 3
  i32.const 4
  local.set 4
  local.get 2
  local.set 5
  local.get 3
  local.set 6
  loop
    f32.const -Infinity
    local.set 7
    v128.const i32x4 0xff800000 0xff800000 0xff800000 0xff800000
    local.set 8
    v128.const i32x4 0xff800000 0xff800000 0xff800000 0xff800000
    local.set 9
    local.get 6
    v128.load
    local.set 10
    local.get 8
    local.get 10
    f32x4.max
    local.set 8
    local.get 6
    v128.load offset=16
    local.set 10
    local.get 9
    local.get 10
    f32x4.max
    local.set 9
    local.get 6
    v128.load offset=32
    v128.const i32x4 0xff800000 0xff800000 0xff800000 0xff800000
    v128.const i32x4 0xffffffff 0xffffffff 0x0 0x0
    v128.bitselect
    local.set 10
    local.get 8
    local.get 10
    f32x4.max
    local.tee 8
    local.get 9
    f32x4.max
    local.tee 8
    local.get 8
    local.get 8
    i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7
    f32x4.max
    local.tee 8
    f32x4.extract_lane 0
    local.get 8
    f32x4.extract_lane 1
    f32.max
    local.set 11
    local.get 7
    local.get 11
    f32.max
    local.tee 7
    local.set 12
    local.get 5
    local.get 12
    f32.store
    local.get 5
    i32.const 4
    i32.add
    local.set 5
    local.get 6
    i32.const 40
    i32.add
    local.set 6
    local.get 4
    i32.const -1
    i32.add
    local.tee 4
    br_if 0
  end
  i32.const 0
)
