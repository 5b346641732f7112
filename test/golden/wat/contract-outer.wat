(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
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
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  local.get 0
  local.get 1
  i32.load offset=12
  i32.add
  i32.load
  local.set 5
  i32.const 17
  local.set 6
  local.get 3
  local.set 7
  local.get 4
  local.set 8
  loop
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 9
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 10
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 11
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 12
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 13
    v128.const i32x4 0x0 0x0 0x0 0x0
    local.set 14
    local.get 2
    v128.load
    local.set 15
    local.get 2
    v128.load offset=16
    local.set 16
    local.get 2
    v128.load offset=32
    local.set 17
    local.get 7
    v128.load32_splat
    local.set 18
    local.get 9
    local.get 18
    local.get 15
    f32x4.mul
    f32x4.add
    local.set 9
    local.get 10
    local.get 18
    local.get 16
    f32x4.mul
    f32x4.add
    local.set 10
    local.get 11
    local.get 18
    local.get 17
    f32x4.mul
    f32x4.add
    local.set 11
    local.get 7
    v128.load32_splat offset=4
    local.set 18
    local.get 12
    local.get 18
    local.get 15
    f32x4.mul
    f32x4.add
    local.set 12
    local.get 13
    local.get 18
    local.get 16
    f32x4.mul
    f32x4.add
    local.set 13
    local.get 14
    local.get 18
    local.get 17
    f32x4.mul
    f32x4.add
    local.set 14
    local.get 8
    local.get 9
    local.get 5
    v128.load
    f32x4.add
    v128.store
    local.get 8
    local.get 10
    local.get 5
    v128.load offset=16
    f32x4.add
    v128.store offset=16
    local.get 11
    local.get 5
    v128.load offset=32
    f32x4.add
    local.set 19
    local.get 8
    local.get 19
    v128.store64_lane offset=32 0
    local.get 8
    local.get 12
    local.get 5
    v128.load
    f32x4.add
    v128.store offset=40
    local.get 8
    local.get 13
    local.get 5
    v128.load offset=16
    f32x4.add
    v128.store offset=56
    local.get 14
    local.get 5
    v128.load offset=32
    f32x4.add
    local.set 19
    local.get 8
    local.get 19
    v128.store64_lane offset=72 0
    local.get 7
    i32.const 8
    i32.add
    local.set 7
    local.get 8
    i32.const 80
    i32.add
    local.set 8
    local.get 6
    i32.const -1
    i32.add
    local.tee 6
    br_if 0
  end
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 9
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 10
  v128.const i32x4 0x0 0x0 0x0 0x0
  local.set 11
  local.get 2
  v128.load
  local.set 12
  local.get 2
  v128.load offset=16
  local.set 13
  local.get 2
  v128.load offset=32
  local.set 14
  local.get 3
  v128.load32_splat offset=136
  local.set 15
  local.get 9
  local.get 15
  local.get 12
  f32x4.mul
  f32x4.add
  local.set 9
  local.get 10
  local.get 15
  local.get 13
  f32x4.mul
  f32x4.add
  local.set 10
  local.get 11
  local.get 15
  local.get 14
  f32x4.mul
  f32x4.add
  local.set 11
  local.get 4
  local.get 9
  local.get 5
  v128.load
  f32x4.add
  v128.store offset=1360
  local.get 4
  local.get 10
  local.get 5
  v128.load offset=16
  f32x4.add
  v128.store offset=1376
  local.get 11
  local.get 5
  v128.load offset=32
  f32x4.add
  local.set 19
  local.get 4
  local.get 19
  v128.store64_lane offset=1392 0
  i32.const 0
)
