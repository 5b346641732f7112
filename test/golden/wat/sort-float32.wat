(func $run (param i32 i32) (result i32) (local i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 f32 f32)
  local.get 0
  local.get 1
  i32.load
  i32.add
  i32.load
  local.set 2
  local.get 0
  local.get 1
  i32.load offset=4
  i32.add
  i32.load
  local.set 3
  local.get 0
  local.get 1
  i32.load offset=8
  i32.add
  i32.load
  local.set 4
  i32.const 2
  local.set 13
  loop
    local.get 3
    local.set 5
    local.get 4
    local.set 6
    i32.const 0
    local.set 12
    loop
      local.get 5
      local.get 12
      i32.const 2
      i32.shl
      i32.add
      local.get 12
      i32.store
      local.get 12
      i32.const 1
      i32.add
      local.tee 12
      i32.const 9
      i32.lt_u
      br_if 0
    end
    i32.const 1
    local.set 7
    loop
      i32.const 0
      local.set 12
      loop
        local.get 12
        local.tee 8
        local.get 7
        i32.add
        local.set 10
        local.get 10
        i32.const 9
        local.get 10
        i32.const 9
        i32.lt_u
        select
        local.set 10
        local.get 10
        local.tee 9
        local.get 7
        i32.add
        local.set 11
        local.get 11
        i32.const 9
        local.get 11
        i32.const 9
        i32.lt_u
        select
        local.set 11
        block
          loop
            local.get 12
            local.get 11
            i32.ge_u
            br_if 1
            local.get 8
            local.get 10
            i32.ge_u
            if
              local.get 6
              local.get 12
              i32.const 2
              i32.shl
              i32.add
              local.get 5
              local.get 9
              i32.const 2
              i32.shl
              i32.add
              i32.load
              i32.store
              local.get 9
              i32.const 1
              i32.add
              local.set 9
              local.get 12
              i32.const 1
              i32.add
              local.set 12
              br 1
            end
            local.get 9
            local.get 11
            i32.ge_u
            if
              local.get 6
              local.get 12
              i32.const 2
              i32.shl
              i32.add
              local.get 5
              local.get 8
              i32.const 2
              i32.shl
              i32.add
              i32.load
              i32.store
              local.get 8
              i32.const 1
              i32.add
              local.set 8
              local.get 12
              i32.const 1
              i32.add
              local.set 12
              br 1
            end
            local.get 2
            local.get 5
            local.get 8
            i32.const 2
            i32.shl
            i32.add
            i32.load
            i32.const 4
            i32.mul
            i32.add
            f32.load
            local.set 14
            local.get 2
            local.get 5
            local.get 9
            i32.const 2
            i32.shl
            i32.add
            i32.load
            i32.const 4
            i32.mul
            i32.add
            f32.load
            local.set 15
            local.get 15
            local.get 14
            f32.lt
            local.get 14
            local.get 14
            f32.ne
            local.get 15
            local.get 15
            f32.eq
            i32.and
            i32.or
            if
              local.get 6
              local.get 12
              i32.const 2
              i32.shl
              i32.add
              local.get 5
              local.get 9
              i32.const 2
              i32.shl
              i32.add
              i32.load
              i32.store
              local.get 9
              i32.const 1
              i32.add
              local.set 9
              local.get 12
              i32.const 1
              i32.add
              local.set 12
              br 1
            end
            local.get 6
            local.get 12
            i32.const 2
            i32.shl
            i32.add
            local.get 5
            local.get 8
            i32.const 2
            i32.shl
            i32.add
            i32.load
            i32.store
            local.get 8
            i32.const 1
            i32.add
            local.set 8
            local.get 12
            i32.const 1
            i32.add
            local.set 12
            br 0
          end
        end
        local.get 12
        i32.const 9
        i32.lt_u
        br_if 0
      end
      local.get 5
      local.get 6
      local.set 5
      local.set 6
      local.get 7
      i32.const 1
      i32.shl
      local.tee 7
      i32.const 9
      i32.lt_u
      br_if 0
    end
    local.get 2
    i32.const 36
    i32.add
    local.set 2
    local.get 3
    i32.const 36
    i32.add
    local.set 3
    local.get 13
    i32.const -1
    i32.add
    local.tee 13
    br_if 0
  end
  i32.const 0
)
