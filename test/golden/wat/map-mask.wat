(func $run (param i32 i32) (result i32) (local i32 i32 i32 v128 v128 v128 v128)
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.tee 4
  v128.load
  local.tee 5
  v128.const i32x4 0x0 0x0 0x0 0x0
  f32x4.le
  local.set 6
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.get 5
  local.get 6
  v128.bitselect
  local.set 7
  local.get 2
  local.get 7
  v128.store
  local.get 6
  local.tee 8
  local.get 8
  i8x16.shuffle 0 4 8 12 0 4 8 12 0 4 8 12 0 4 8 12
  v128.const i32x4 0x1010101 0x0 0x0 0x0
  v128.and
  local.set 8
  local.get 3
  local.get 8
  v128.store32_lane 0
  local.get 4
  v128.load offset=16
  local.tee 5
  v128.const i32x4 0x0 0x0 0x0 0x0
  f32x4.le
  local.set 6
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.get 5
  local.get 6
  v128.bitselect
  local.tee 7
  local.set 8
  local.get 2
  local.get 8
  v128.store64_lane offset=16 0
  local.get 2
  local.get 8
  v128.store32_lane offset=24 2
  local.get 6
  local.tee 8
  local.get 8
  i8x16.shuffle 0 4 8 12 0 4 8 12 0 4 8 12 0 4 8 12
  v128.const i32x4 0x1010101 0x0 0x0 0x0
  v128.and
  local.set 8
  local.get 3
  local.get 8
  v128.store16_lane offset=4 0
  local.get 3
  local.get 8
  v128.store8_lane offset=6 2
  i32.const 0
)
